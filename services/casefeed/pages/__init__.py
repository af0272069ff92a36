"""The pages that people see in a browser: the same readings as the JSON API, under the same rights, in words."""
