// AppChannel
