"""The rotas of the agencies: published, kept, read and handed over."""
