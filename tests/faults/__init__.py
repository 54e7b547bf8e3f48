"""The fault rig: a warehouse whose machines, network and disks fail, and a ledger kept outside all of them."""
