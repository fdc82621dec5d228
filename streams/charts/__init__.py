"""Charts as SVG for pages, mail and paper; markup safe by type. Pure"""
