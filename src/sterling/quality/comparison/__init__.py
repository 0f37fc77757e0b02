"""A candidate model beside a baseline on the same rows: paired counts and paired differences."""
