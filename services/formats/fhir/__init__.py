"""FHIR R4 message bundles of health services (UK Core, NHS Booking and Referral Standard)."""
