"""What every import of a file shares: who may import for whom, rows that are never lost or counted twice, mappings."""
