"""Settings: `base` has everything safe; `dev`, `test` and `prod` only differences."""
