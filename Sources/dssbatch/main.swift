print("dssbatch")
