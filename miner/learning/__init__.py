"""How the trained part of claims/ comes to be: `make model` and `make quality`. Nothing that users run needs it.

encoder    a sentence encoder, fine-tuned, as one of its teachers
examples   labelled sentences, from the places where they lie
fitting    logistic regression, for the gate and the verdict
network    the small network, as torch teaches it
training   labelled sentences -> the weights in miner/claims/weights
quality    the figures in docs/quality.md
"""
