"""The teacher's kit: guide, slides, handouts, key, samples and a negotiation, made from the lessons as they are stored.

Nothing here runs a lesson. What a person wrote stands in the Markdown files beside this one; all else follows the
lessons.
"""
