"""An embedded ClickHouse server: the engine in this process (chdb) behind the native protocol, on loopback only."""
