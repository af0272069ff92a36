"""The local edition's mail catcher: it takes every e-mail over real SMTP, keeps it here, and sends none on."""
