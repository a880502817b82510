"""The gateway's database: schema, recorded migrations, and one module per kind of row."""
