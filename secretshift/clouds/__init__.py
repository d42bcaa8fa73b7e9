"""One folder a cloud; each brings any subset of the ports of ``secretshift.model.ports``."""
