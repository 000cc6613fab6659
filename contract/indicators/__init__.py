"""The official indicators, each defined once, and the measures that they are sums of. No SQL, no engine: words and numbers."""
