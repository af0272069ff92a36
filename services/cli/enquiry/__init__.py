"""`lantern enquiry`: what is found out about an adult who asks for a child, said by whoever is signed in."""
