"""The shell around the pure rooms: Faust, Kafka, metrics. The only package that knows Faust."""
