"""A service in Python that runs Microsoft Power Automate desktop flows through Temporal."""
