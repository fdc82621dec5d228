"""What pages are drawn of, as HTML. Pure"""
