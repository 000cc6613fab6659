"""The warehouse: client, migrations, and the embedded front."""
