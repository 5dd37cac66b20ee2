"""How the trained part of claims/ comes to be: `make model` and `make quality`. Nothing that users run needs it.

examples   labelled sentences, from the places where they lie
fitting    logistic regression
training   labelled sentences -> the weights in miner/claims/weights
teaching   a larger model labels the epochs; its scores are examples too
quality    the figures in docs/quality.md
"""
