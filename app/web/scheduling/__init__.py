"""The patient's journey: free times, booking, the visit, the waitlist."""
