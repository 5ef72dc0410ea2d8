"""Settings, languages and vocabularies as data; knows no other room."""
