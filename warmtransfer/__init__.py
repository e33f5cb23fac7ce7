"""An AI answers the phone, and hands the caller to a person without ever dropping them."""
