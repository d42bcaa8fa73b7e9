"""The words of the product as frozen data, protocols and errors. Imports nothing of ours."""
