"""AWS: Lambda, Secrets Manager and IAM behind the ports. Importing it loads no SDK."""
