"""A bucket of an S3 store: the only room that knows boto3."""
