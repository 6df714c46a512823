print("allclear")
