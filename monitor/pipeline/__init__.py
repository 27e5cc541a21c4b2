"""The flow, in three loops over one store; nothing else knows the order of its steps.

    due feeds → fetch → parse → normalise → identify → group → match → route → [one commit]     polls.py, commits.py,
                                                                                                entries.py
    due desks → compose → render → [one commit]                                                 digests.py
    due deliveries → claim → [commit] → send → [commit]                                         outbox.py

Decisions stand in the pure rooms; these modules call them in order, store what they return and say it to the log.
Methods named `_commit_…` run on the one writer thread, each as one unit of work.
"""
