"""What is put into the application's runtime: the fronted hosts lead here, whatever opens the socket."""
