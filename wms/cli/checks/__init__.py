"""What `wms doctor` looks at: one function per matter, each answering with findings and how to mend them."""
