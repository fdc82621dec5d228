"""What decides the rules across queues, one module each"""
