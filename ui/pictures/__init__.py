"""Pictures on their way to the browser: charts as look and data, and the bar that plays them."""
