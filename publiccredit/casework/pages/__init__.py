"""The pages of casework: the desks and the case, the counter, letters, guidance, figures, and the severity desk."""
