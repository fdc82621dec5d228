"""Single callers' stories, by tokens, where `queues.toml` lists callers"""
