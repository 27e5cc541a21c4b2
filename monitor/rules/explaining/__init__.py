"""Why a rule holds or does not, clause by clause."""
