"""Grafana as code: dashboards, data sources and alert rules are built from catalogues here, never edited by hand."""
