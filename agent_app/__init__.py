"""Find, diagnose and resolve unreturned orders: the desk and the gateway, one package."""
