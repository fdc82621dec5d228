"""Process `reports`: each report once a period"""
