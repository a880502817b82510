"""What travels between desk and gateway: typed messages, problem types, the OpenAPI document."""
