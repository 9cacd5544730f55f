"""Referrals: the doctor's rooms, the patient's link, and the answer back."""
