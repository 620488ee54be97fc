"""The web server: routes, pages, headers, limits, and who a request is from."""
