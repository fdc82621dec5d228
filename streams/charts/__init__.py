"""Charts as SVG for pages, mail and paper. Pure"""
