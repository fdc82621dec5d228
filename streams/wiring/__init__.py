"""The only code that knows Faust: carries bytes to the core and outputs to topics."""
