"""Tables of one exchange kind as a workbook, for whoever works in a spreadsheet."""
