"""The policy owner's tools: do the rules say what they were meant to say?"""
