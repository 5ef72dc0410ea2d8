"""The engine for many: an Elasticsearch cluster, asked for nothing that needs a plug-in."""
