print("mainspring")
