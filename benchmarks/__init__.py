"""Speed, measured side by side: ``python -m benchmarks`` trains the same networks with every library installed."""
