"""Made-up organisations, people and cases: for trying the service out, and the cast of its tests."""
