def build(out, edition):
    out.mkdir(parents=True)
