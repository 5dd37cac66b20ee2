"""How the trained parts of claims/ and join/ come to be: `make model`, `make weights` and `make quality`. Nothing that users run needs it.

encoder    a sentence encoder, fine-tuned, as one of its teachers
examples   labelled sentences, from the places where they lie
fitting    logistic regression, for the gate and the verdict
network    the small network, as torch teaches it
training   labelled sentences -> the weights in miner/claims/weights
threads    threads that were read -> the weights in miner/join/weights.json
quality    the figures in docs/quality.md
"""
