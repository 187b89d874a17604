"""The use cases: translate an article, translate texts, translate files."""
