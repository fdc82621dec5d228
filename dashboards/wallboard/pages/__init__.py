"""The pages, one module each, by its object PAGE"""
